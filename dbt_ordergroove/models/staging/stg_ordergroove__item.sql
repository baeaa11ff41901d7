{{ og_staging('item') }}
