from django.urls import path

from . import stock_views, views

app_name = "contributions"
urlpatterns = [
    path("", views.board, name="board"),
    path("public/", views.publish, name="public"),
    path("mine/", views.mine, name="mine"),
    path("entries/", views.entry_list, name="entries"),
    path("entries/new/", views.entry_branches, name="branches"),
    path("entries/new/<str:code>/", views.entry_new, name="enter"),
    path("entries/<int:pk>/", views.entry_detail, name="entry"),
    path("entries/<int:pk>/reverse/", views.entry_reverse, name="reverse"),
    path("batches/", views.batch_list, name="batches"),
    path("batches/<int:pk>/", views.batch_detail, name="batch"),
    path("batches/<int:pk>/remit/", views.batch_remit, name="remit"),
    path("batches/<int:pk>/verify/", views.batch_verify, name="verify"),
    path("goods/", stock_views.goods_list, name="goods"),
    path("goods/new/", stock_views.goods_branches, name="goods_branches"),
    path("goods/new/<str:code>/", stock_views.goods_new, name="goods_new"),
    path("goods/<int:pk>/", stock_views.goods_detail, name="lot"),
    path("goods/<int:pk>/deliver/", stock_views.goods_deliver, name="deliver"),
    path("goods/<int:pk>/reverse/", stock_views.goods_reverse, name="lot_reverse"),
    path("deliveries/<int:pk>/reverse/", stock_views.delivery_reverse, name="delivery_reverse"),
    path("spending/", stock_views.spending_list, name="spending"),
    path("spending/new/", stock_views.spending_branches, name="spending_branches"),
    path("spending/new/<str:code>/", stock_views.spending_new, name="spend"),
    path("spending/<int:pk>/", stock_views.spending_detail, name="payment"),
    path("spending/<int:pk>/reverse/", stock_views.spending_reverse, name="payment_reverse"),
]
