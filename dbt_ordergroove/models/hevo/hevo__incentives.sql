{{ config(alias='incentives') }}
{{ og_hevo('incentives') }}
