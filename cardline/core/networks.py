"""Networks of the house: which addresses may do what."""

import ipaddress

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


def read_networks(text: str) -> Networks:
    """Read networks separated by commas. Raises ``ValueError``."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_inside(host: str, networks: Networks) -> bool:
    """True where ``host`` is an IP address in one of the networks; a name never is."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return any(address in network for network in networks)
