{{ og_staging('offer_profile_initial_coupon_discount') }}
