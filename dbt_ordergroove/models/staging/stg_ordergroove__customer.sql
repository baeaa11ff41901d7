{{ og_staging('customer') }}
