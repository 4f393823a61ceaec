set -e
echo ''
