"""Lists of customers, contracts, entitlements and people at customers, as spreadsheets and CRMs export them."""
