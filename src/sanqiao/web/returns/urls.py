from django.urls import path

from . import defining, tables, views

app_name = "returns"
urlpatterns = [
    path("", views.return_list, name="list"),
    path("board/", views.board, name="board"),
    path("forms/", defining.form_list, name="forms"),
    path("forms/new/", defining.form_new, name="form_new"),
    path("forms/<slug:code>/", defining.form_detail, name="form"),
    path("forms/<slug:code>/edition/", defining.edition_new, name="edition_new"),
    path("forms/<slug:code>/ask/", defining.ask, name="ask"),
    path("tables/", tables.table_list, name="tables"),
    path("tables/new/", tables.table_new, name="table_new"),
    path("tables/say/", tables.say, name="say"),
    path("tables/said/<int:pk>/", tables.said, name="said"),
    path("tables/<int:pk>/", tables.table_detail, name="table"),
    path("tables/<int:pk>/rank/", tables.table_rank, name="rank"),
    path("<int:pk>/", views.return_detail, name="detail"),
    path("<int:pk>/file/", views.return_file, name="file"),
]
