{{ config(alias='offer_profile_initial_coupon_discount') }}
{{ og_hevo('offer_profile_initial_coupon_discount') }}
