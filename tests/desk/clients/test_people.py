from __future__ import annotations

import pytest
from airdesk.clients.gitlab.people import directory_uid
from airdesk.errors import Refused


@pytest.mark.parametrize(
    ("name", "uid"),
    [
        ("uid=thu.tran,ou=people,dc=corp,dc=test", "thu.tran"),
        ("CN=Tran\\, Thu,OU=Users,DC=corp,DC=test", "Tran, Thu"),
        ("sAMAccountName=ttran+employeeNumber=7,dc=corp", "ttran"),
    ],
)
def test_the_first_value_of_the_distinguished_name_counts(name, uid):
    saml = {"provider": "saml", "extern_uid": "uid=somebody.else"}
    assert directory_uid([saml, {"provider": "ldapmain", "extern_uid": name}]) == uid


@pytest.mark.parametrize(
    "identities", [[], [{"provider": "saml", "extern_uid": "x"}], [{"provider": "ldapmain"}]]
)
def test_without_a_directory_identity_nobody_is_linked(identities):
    with pytest.raises(Refused, match="directory"):
        directory_uid(identities)
