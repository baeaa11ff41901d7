{{ og_staging('product', og_period_name('every_period') ~ ' as every_period_name') }}
