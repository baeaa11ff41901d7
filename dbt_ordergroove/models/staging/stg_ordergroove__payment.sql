{{ og_staging('payment') }}
