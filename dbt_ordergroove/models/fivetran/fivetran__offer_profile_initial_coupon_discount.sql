{{ config(alias='offer_profile_initial_coupon_discount') }}
{{ og_fivetran('offer_profile_initial_coupon_discount', {'public_id': 'id'}) }}
