"""Coordinates of addresses."""

from airflow.sdk import BaseOperator


class GeocodeOperator(BaseOperator):
    """Looks up the addresses of a region."""

    def __init__(self, *, region: str, batch: int = 500, **kwargs):
        super().__init__(**kwargs)
        self.region = region
        self.batch = batch

    def execute(self, context):
        self.log.info("geocoding %s in batches of %s", self.region, self.batch)
        return {"region": self.region, "found": 0}
