{{ og_staging('offer_profile_recurring_coupon_discount') }}
