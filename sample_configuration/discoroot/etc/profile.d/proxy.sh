# shellcheck shell=sh
# Where the environment has a proxy, disco-add-etc-hosts has put its address into /etc/hosts.
if grep -q '^[0-9.]* s3proxy$' /etc/hosts; then
  export HTTP_PROXY=http://s3proxy:80 HTTPS_PROXY=http://s3proxy:80
  export http_proxy=$HTTP_PROXY https_proxy=$HTTPS_PROXY
  export NO_PROXY=169.254.169.254,localhost no_proxy=169.254.169.254,localhost
fi
