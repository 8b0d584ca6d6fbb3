"""Caching proxies of others as nodes: apt-cacher-ng, squid and nginx, between machines and mirrors."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Mapping, Sequence

from pkgsuite.errors import BadValue
from pkgsuite.nodes.external import External
from pkgsuite.nodes.mirror import Mirror
from pkgsuite.nodes.stopping import LADDER, Step

__all__ = ["AptCacherNg", "Cache", "Nginx", "Squid"]

MOST_ACNG_PORT = (1 << 15) - 1
"""Apt-cacher-ng cannot read larger ports, neither its own nor those of mirrors."""

ACNG = """\
CacheDir: {dir}/cache
LogDir: {dir}/log
PidFile: {dir}/pid
SocketPath: {dir}/socket
BindAddress: {address}
Port: {port}
AllowUserPorts: 0
ForeGround: 1
FreshIndexMaxAge: 0
ReportPage:
ExThreshold: 0
"""

SQUID = """\
http_port {address}:{port}
icp_port 0
htcp_port 0
snmp_port 0
http_access allow all
cache_mem 64 MB
maximum_object_size 64 MB
maximum_object_size_in_memory 64 MB
refresh_pattern /dists/ 0 0% 0
refresh_pattern . 1440 100% 1440
access_log stdio:{dir}/access.log
cache_log {dir}/cache.log
cache_store_log none
coredump_dir {dir}
pid_filename {dir}/pid
pinger_enable off
netdb_filename none
shutdown_lifetime 0 seconds
visible_hostname cache
"""

NGINX = """\
daemon off;
master_process off;
pid {dir}/pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
    access_log {dir}/access.log;
    client_body_temp_path {dir}/body;
    fastcgi_temp_path {dir}/fastcgi;
    proxy_temp_path {dir}/proxy;
    scgi_temp_path {dir}/scgi;
    uwsgi_temp_path {dir}/uwsgi;
    proxy_cache_path {dir}/cache keys_zone=packages:1m;
    server {{
        listen {address}:{port};
{locations}    }}
}}
"""

LOCATION = """\
        location /{authority}/ {{
            proxy_pass http://{authority}/;
        }}
        location ~ ^/{authority}/(.*[.]deb|.*[.]pkg[.]tar[.].*)$ {{
            proxy_pass http://{authority}/$1;
            proxy_cache packages;
            proxy_cache_valid 200 1d;
        }}
"""


class Cache(External):
    """A program that asks a mirror once for what many machines want."""

    kind = "cache"

    is_proxy = True
    """Whether clients may name it as their HTTP proxy."""

    has_paths = True
    """Whether clients may ask it for `/HOST:PORT/path`."""

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{(*self.hosts, self.address)[0]}:{self.port}"

    def url_of(self, mirror: Mirror) -> str:
        """Where it has what a mirror has, without a slash at the end."""
        return f"{self.url}/{mirror.address}:{mirror.port}"

    def _filled(self, template: str, **more: str) -> str:
        return template.format(dir=self.directory, address=self.address, port=self.port, **more)


class AptCacherNg(Cache):
    """Apt-cacher-ng, https://www.unix-ag.uni-kl.de/~bloch/acng."""

    program = "apt-cacher-ng"
    package = "apt-cacher-ng"

    def __init__(
        self, name: str, directory: str, *, address: str = "", port: int = 0, hosts: Sequence[str] = ()
    ) -> None:
        check_acng_port(port)
        super().__init__(name, directory, address=address, port=port, hosts=hosts)

    def argv(self) -> Sequence[str]:
        return [self.program, "-c", f"{self.directory}/conf"]

    def files(self) -> Mapping[str, str]:
        return {"cache/": "", "log/": "", "conf/acng.conf": self._filled(ACNG)}

    def url_of(self, mirror: Mirror) -> str:
        check_acng_port(mirror.port)
        return super().url_of(mirror)


class Squid(Cache):
    """Squid, http://www.squid-cache.org, which keeps what it caches in memory; asked twice it ends sooner."""

    program = "squid"
    package = "squid"
    refuses_root = True
    has_paths = False
    ladder = (Step(signal.SIGTERM, 0.2), Step(signal.SIGTERM, 5.0), *LADDER)

    def argv(self) -> Sequence[str]:
        return [self.program, "-N", "-f", f"{self.directory}/squid.conf"]

    def files(self) -> Mapping[str, str]:
        return {"squid.conf": self._filled(SQUID)}


class Nginx(Cache):
    """Nginx, https://nginx.org, in front of the *mirrors* that it is told of."""

    program = "nginx"
    package = "nginx"
    refuses_root = True
    is_proxy = False

    def __init__(
        self,
        name: str,
        directory: str,
        *,
        mirrors: Iterable[Mirror],
        address: str = "",
        port: int = 0,
        hosts: Sequence[str] = (),
    ) -> None:
        super().__init__(name, directory, address=address, port=port, hosts=hosts)
        self._mirrors = tuple(mirrors)

    def argv(self) -> Sequence[str]:
        return [self.program, "-e", "stderr", "-p", self.directory, "-c", f"{self.directory}/nginx.conf"]

    def files(self) -> Mapping[str, str]:
        told = "".join(LOCATION.format(authority=f"{each.address}:{each.port}") for each in self._mirrors)
        return {"nginx.conf": self._filled(NGINX, locations=told)}


def check_acng_port(port: int) -> None:
    """Raise BadValue for a port that apt-cacher-ng takes for another."""
    if port > MOST_ACNG_PORT:
        raise BadValue("port", port, f"at most {MOST_ACNG_PORT}, since apt-cacher-ng cannot read larger ones")
