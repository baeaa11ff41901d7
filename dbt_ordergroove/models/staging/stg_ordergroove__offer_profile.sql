{{ og_staging('offer_profile') }}
