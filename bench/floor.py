"""The floor: the least that must be done. DuckDB reads the file, writes Parquet, and groups it by day.

``python -m bench.floor FORMAT FOLDER OUT THREADS``; prints one JSON object.
"""

import json
import sys
import time
from pathlib import Path

import duckdb

READ = {
    "csv": """
        SELECT * FROM read_csv('{folder}/*.csv', header = true, delim = ',', quote = '"', escape = '"',
            auto_detect = false, columns = {{'customer': 'VARCHAR', 'user': 'VARCHAR', 'feature': 'VARCHAR',
            'timestamp': 'TIMESTAMP', 'count': 'BIGINT'}})""",
    "mixpanel": """
        SELECT properties.company_id[1] AS customer, properties.distinct_id AS user, event AS feature,
            make_timestamp(properties."time" * 1000000) AS "timestamp", 1 AS "count"
        FROM read_json('{folder}/*.jsonl', format = 'newline_delimited', columns = {{'event': 'VARCHAR',
            'properties': 'STRUCT("time" BIGINT, distinct_id VARCHAR, company_id VARCHAR[])'}})""",
    "amplitude": """
        SELECT groups.company[1] AS customer, user_id AS user, event_type AS feature, event_time AS "timestamp",
            1 AS "count"
        FROM read_json('{folder}/*/*.json.gz', format = 'newline_delimited', columns = {{'event_type': 'VARCHAR',
            'user_id': 'VARCHAR', 'event_time': 'TIMESTAMP', 'groups': 'STRUCT(company VARCHAR[])'}})""",
}
GROUP = """
    CREATE TEMP TABLE daily AS
    SELECT customer, "user", feature, "timestamp"::DATE AS day, count(*) AS events, sum("count") AS uses
    FROM read_parquet('{out}') GROUP BY ALL"""


def main(form: str, folder: Path, out: Path, threads: int) -> dict[str, float]:
    con = duckdb.connect()
    con.execute(f"SET threads = {threads}")
    con.execute("SET preserve_insertion_order = false")  # the fastest it can be
    con.execute(f"SET temp_directory = '{out.parent}/spill'")
    begun = time.perf_counter()
    con.execute(f"COPY ({READ[form].format(folder=folder)}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")
    read = time.perf_counter()
    con.execute(GROUP.format(out=out))
    grouped = time.perf_counter()
    rows, groups = con.execute("SELECT sum(events)::BIGINT, count(*) FROM daily").fetchone() or (0, 0)
    return {"rows": rows, "groups": groups, "read": read - begun, "group": grouped - read}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))))
