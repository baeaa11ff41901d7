{{ config(alias='resources') }}
{{ og_hevo('resources') }}
