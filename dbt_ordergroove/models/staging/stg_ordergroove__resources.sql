{{ og_staging('resources') }}
