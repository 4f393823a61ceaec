"""Events of machines, cut into sessions."""

import argparse


def main() -> None:
    from pyspark.sql import SparkSession

    parser = argparse.ArgumentParser()
    parser.add_argument("--day", required=True)
    parser.add_argument("--out", required=True)
    given = parser.parse_args()
    spark = SparkSession.builder.appName(f"sessions {given.day}").getOrCreate()
    spark.table("raw_events").where(f"day = '{given.day}'").write.parquet(given.out)


if __name__ == "__main__":
    main()
