from __future__ import annotations

import pytest
from airdesk.redact import redact

SECRETS = [
    ("postgresql://analyst:Tr0ub4dor&3@db:5432/flights", "Tr0ub4dor&3"),
    ("redis://:hunter22@cache:6379/0", "hunter22"),
    ("https://oauth2:glpat-abcDEF123456_-x@gitlab.test/x.git", "glpat-abcDEF123456_-x"),
    ("slack said xoxb-12345-67890-abcdefGHIJ no", "xoxb-12345-67890-abcdefGHIJ"),
    ("app token xapp-1-A111-222-abcdef", "xapp-1-A111-222-abcdef"),
    ("PRIVATE-TOKEN: glpat-zyxwvut98765", "glpat-zyxwvut98765"),
    ("token is hvs.CAESIJabcdefghijkl", "hvs.CAESIJabcdefghijkl"),
    ("old vault s.abcdefghijklmnopqrstuvwx", "s.abcdefghijklmnopqrstuvwx"),
    ("Authorization: Bearer abc.def-ghi_123", "abc.def-ghi_123"),
    ('{"password": "p\\"q w", "login": "etl"}', "q w"),
    ("conn = {'secret_key': 'a b c', 'host': 'db'}", "a b c"),
    ("PGPASSWORD=geheim psql", "geheim"),
    ("api-key: 12345abc", "12345abc"),
    ("AWS AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
    ("jwt eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSM", "SflKxwRJSM"),
    ("-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----", "MC4CAQAw"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMC4CAQAw", "MC4CAQAw"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_what_looks_like_a_secret_is_taken_out(text, secret):
    clean = redact(text)
    assert secret not in clean
    assert "***" in clean


@pytest.mark.parametrize(
    "text",
    [
        "division by zero",
        'relation "flights" does not exist at character 15',
        "Task growth.delays finished in 3.2 s (1,234 rows)",
        "see https://docs.test/page?x=1 and s3://bucket/key",
        "tables.schema.name = 4",
    ],
)
def test_harmless_texts_stay(text):
    assert redact(text) == text


def test_what_stands_around_a_secret_stays():
    assert redact("postgresql://etl:x@db:5432/f failed") == "postgresql://etl:***@db:5432/f failed"
    assert redact('{"password": "x", "host": "db"}') == '{"password": "***", "host": "db"}'
