{{ config(alias='offer_profile_offer_id') }}
{{ og_fivetran('offer_profile_offer') }}
