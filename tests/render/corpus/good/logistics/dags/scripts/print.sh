set -eu
/opt/gate/print --day {{ ds }} --copies 2
