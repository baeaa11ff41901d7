{{ config(alias='offer_profile_recurring_coupon_discount') }}
{{ og_hevo('offer_profile_recurring_coupon_discount') }}
