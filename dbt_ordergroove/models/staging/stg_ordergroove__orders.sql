{{ og_staging('orders', og_status_name('status') ~ ' as status_name') }}
