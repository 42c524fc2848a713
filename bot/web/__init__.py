"""Pages and addresses by HTTP: players, forms behind links, pages for everybody, readiness and metrics."""
