{{ config(alias='offer_profile') }}
{{ og_hevo('offer_profile') }}
