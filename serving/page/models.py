"""Every model that was built: what it holds, what a row is, where it comes from, its columns, how its tests went, how fresh it is."""

import pandas as pd
import streamlit as st

from serving.editions import Edition
from serving.page import source

MODELS = """
select layer, model, materialized, is_served, row_count, seconds, description, grain from main.publication_models
order by
    list_position(['serving', 'metrics', 'wide', 'star', 'vault', 'normalized'], layer) nulls last,
    layer, model
"""
COLUMNS = """
select column_name as column, lower(data_type) as type, coalesce(comment, '') as description
from duckdb_columns() where database_name = 'aisle' and schema_name = ? and table_name = ? order by column_index
"""
TESTS = """
select kind, test, status, seconds, description from main.publication_tests where layer = ? and model = ?
order by status = 'pass', kind, test
"""
# Its own neighbours, and theirs in the same direction.
LINEAGE = """
with recursive

above as (

    select reads_layer, reads_model, layer, model, 1 as steps
    from main.publication_lineage
    where layer = $layer and model = $model
    union
    select lineage.reads_layer, lineage.reads_model, lineage.layer, lineage.model, above.steps + 1
    from main.publication_lineage as lineage
    inner join above on lineage.layer = above.reads_layer and lineage.model = above.reads_model
    where above.steps < $depth

),

below as (

    select reads_layer, reads_model, layer, model, 1 as steps
    from main.publication_lineage
    where reads_layer = $layer and reads_model = $model
    union
    select lineage.reads_layer, lineage.reads_model, lineage.layer, lineage.model, below.steps + 1
    from main.publication_lineage as lineage
    inner join below on lineage.reads_layer = below.layer and lineage.reads_model = below.model
    where below.steps < $depth

)

select distinct reads_layer || '.' || reads_model as upper_name, layer || '.' || model as lower_name from above
union
select distinct reads_layer || '.' || reads_model, layer || '.' || model from below
order by all
"""

STYLE = """
bgcolor=transparent; rankdir=LR; edge [color="#8C8C8C"];
node [shape=box, style="rounded,filled", fillcolor="#DCE9F5", color="#0072B2", fontsize=11]
"""


def show() -> None:
    st.title("Models")
    with source.edition() as edition:
        every = source.table(edition, MODELS)
        names = list(every.layer + "." + every.model)
        asked = st.query_params.get("model", "")
        name = st.selectbox("Model", names, index=names.index(asked) if asked in names else 0)
        st.query_params["model"] = name
        model = every.iloc[names.index(name)]
        st.write(model.description)
        _facts(edition, model)
        lineage, columns, tests = st.tabs(["Where it comes from", "Columns", "Tests"])
        with lineage:
            _lineage(edition, model, name)
        with columns:
            _columns(edition, model)
        with tests:
            _tests(edition, model)


def _facts(edition: Edition, model: pd.Series) -> None:
    row, rows, made, seconds = st.columns(4)
    row.metric("One row is", model.grain.replace(", ", " and ") or "not declared")
    rows.metric("Rows", "a view" if pd.isna(model.row_count) else f"{int(model.row_count):,}")
    made.metric("Made as", model.materialized)
    seconds.metric("Seconds to build", f"{model.seconds:.1f}")
    if not model.is_served:
        st.info("It reads raw, so it stays behind in the built file: what is published holds what is made of it.")
    fresh = source.table(edition, "from serving.vw_freshness where materialized_view = ?", model.model)
    for told in fresh.itertuples():
        say = st.warning if told.is_stale else st.caption
        say(
            f"Refreshed {told.refreshed_at:%Y-%m-%d %H:%M} UTC ({told.kind}); {told.hours_behind:,.0f} hours behind {told.input}, "
            f"of at most {told.max_staleness_hours:,.0f}."
        )


def _lineage(edition: Edition, model: pd.Series, name: str) -> None:
    depth = st.slider("Steps", 1, 4, 1, help="How far to look in both directions.")
    edges = source.named(edition, LINEAGE, {"layer": model.layer, "model": model.model, "depth": depth})
    if edges.empty:
        st.caption("It reads no model, and none reads it.")
        return
    quoted = [f'"{edge.upper_name}" -> "{edge.lower_name}"' for edge in edges.itertuples()]
    st.graphviz_chart(f'digraph {{ {STYLE}; "{name}" [fillcolor="#FBE3B5"]; {"; ".join(quoted)} }}', width="stretch")
    reads, readers = edges[edges.lower_name == name].upper_name, edges[edges.upper_name == name].lower_name
    st.caption(f"Reads {', '.join(reads) or 'nothing'}. Read by {', '.join(readers) or 'nothing'}.")


def _columns(edition: Edition, model: pd.Series) -> None:
    if model.is_served:
        st.dataframe(source.table(edition, COLUMNS, model.layer, model.model), hide_index=True)
    else:
        st.caption("dbt's documentation lists its columns: `make docs`.")


def _tests(edition: Edition, model: pd.Series) -> None:
    tests = source.table(edition, TESTS, model.layer, model.model)
    if tests.empty:
        st.caption("No test is about this model alone.")
        return
    passed = int((tests.status == "pass").sum())
    st.write(
        f"{passed} of {len(tests)} passed in the build of {source.built_at(edition):%Y-%m-%d %H:%M} UTC; a warning is known and counted."
    )
    st.dataframe(tests, hide_index=True, column_config={"seconds": st.column_config.NumberColumn(format="%.2f")})
