{{ og_staging('address') }}
