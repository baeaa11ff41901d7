{{ config(alias='offer_profile') }}
{{ og_fivetran('offer_profile', {'public_id': 'id'}) }}
