{{ og_staging('offer_profile_offer') }}
