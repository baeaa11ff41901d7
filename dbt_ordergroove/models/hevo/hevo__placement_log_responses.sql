{{ config(alias='placement_log_responses') }}
{{ og_hevo('placement_log_responses') }}
