{{ og_staging('incentives') }}
