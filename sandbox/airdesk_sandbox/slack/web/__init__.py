"""HTTP routes that are not the Web API: the page, its interface, sign-in, response URLs."""
