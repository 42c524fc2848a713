"""The register in step with the call recording system: what is there, what is kept, switched off, and erased (P4, P12)."""
