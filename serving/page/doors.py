"""Shuts what Streamlit leaves open on a server that is this machine's alone."""

from streamlit import config, logger, net_util

from serving.page.launch import HOST

NAMES = (HOST, "localhost")


def shut() -> None:
    """Let in only who asks for this machine by its own name, and ask no other machine who we are. Call it before the server starts."""
    # A page of elsewhere can give its own name this machine's address, and would be of the same origin then.
    config.set_option("server.allowedHosts", list(NAMES))
    # To judge an origin that it does not know, Streamlit asks a web service for this machine's outer address.
    net_util.get_external_ip = net_util.get_internal_ip = _here
    # logger.level as an option is read from a configuration file only.
    logger.set_log_level("error")


def _here() -> str:
    return HOST
