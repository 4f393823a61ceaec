#!/usr/bin/env bash
set -euo pipefail
echo "Landing pages of {{ ds }} are scored (run {{ run_id }})."
