"""The grocer's systems, run locally from the real data: a till database, a loyalty API, promotion files, and one clock for all three."""
