"""Any table becomes usage: what each column means is inferred from its header and its values, with a reason."""
