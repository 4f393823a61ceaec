"""Addresses, for all teams: an operator class and a function."""

from dataclasses import dataclass

from airflow.sdk import BaseOperator


@dataclass
class Place:
    region: str
    day: str


def locate(region, ds=None):
    return vars(Place(region, ds))


class GeocodeOperator(BaseOperator):
    template_fields = ("table",)

    def __init__(self, *, http_conn_id, table, batch=100, precision="street", **kwargs):
        super().__init__(**kwargs)
        self.http_conn_id = http_conn_id
        self.table = table
        self.batch = batch
        self.precision = precision

    def execute(self, context):
        return {"table": self.table, "batch": self.batch, "precision": self.precision}
