"""How a request leaves and an answer is read: addresses, proxies, authorities, limits, errors."""
