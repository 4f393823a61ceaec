set -eu
echo loaded
