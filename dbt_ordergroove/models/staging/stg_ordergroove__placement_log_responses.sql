{{ og_staging('placement_log_responses') }}
