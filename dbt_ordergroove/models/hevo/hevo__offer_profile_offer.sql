{{ config(alias='offer_profile_offer') }}
{{ og_hevo('offer_profile_offer') }}
