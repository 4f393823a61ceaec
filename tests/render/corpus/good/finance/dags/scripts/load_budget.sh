set -eu
# Everything after the header goes to the loader.
echo "loading budgets of {{ ds }}"
