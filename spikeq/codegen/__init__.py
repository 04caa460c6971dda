"""Updates -> tasks -> plan -> source: text only, no tensors."""
