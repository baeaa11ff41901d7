{{ og_staging('subscription', og_period_name('every_period') ~ ' as every_period_name') }}
